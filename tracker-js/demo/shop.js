// The demo shop's own script. Its pages work without it; with it, product pages open in place by
// history.pushState, as in a single-page app, and two buttons count events with Footfall.
(() => {
  let shown = location.pathname;

  const load = async (url) => {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(answer.statusText);
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  };

  const show = (page) => {
    shown = location.pathname;
    document.title = page.title;
    document.querySelector("header").replaceWith(page.querySelector("header"));
    document.querySelector("main").replaceWith(page.querySelector("main"));
    document.querySelector("main").focus({ preventScroll: true });
  };

  addEventListener("click", (event) => {
    const link = event.target.closest("a[data-swap]");
    const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
    if (!link || !plain) return;
    event.preventDefault();
    load(link.href)
      .then((page) => {
        history.pushState({}, "", link.href);
        show(page);
        scrollTo(0, 0);
      })
      .catch(() => location.assign(link.href));
  });

  addEventListener("popstate", () => {
    if (location.pathname === shown) return; // a link within the page
    load(location.href)
      .then(show)
      .catch(() => location.reload());
  });

  const say = (place, text) => {
    place.querySelector("[role=status]").textContent = text;
  };

  addEventListener("click", (event) => {
    const button = event.target.closest("button[data-product]");
    if (!button) return;
    footfall("add_to_cart", { product: button.dataset.product });
    say(button.parentElement, "In your cart. Footfall counted an event: add_to_cart.");
  });

  addEventListener("submit", (event) => {
    event.preventDefault();
    footfall("contact", { topic: event.target.topic.value });
    say(event.target, "Thank you. Footfall counted an event: contact. Nothing else was sent.");
  });
})();
