// Footfall's tracker: counts views, use and events of a page, and keeps nothing on the device.
//
//     <script defer data-site="shop.example" src="https://stats.example/footfall.js"></script>
//
// README.md beside this folder says what it promises; test/ holds a test for each promise.
// It is minified when Footfall is built, so names and comments cost visitors nothing; the code
// itself has a budget of 1,000 bytes (gzip), which a test keeps.
(() => {
  const TEN_MINUTES = 600000;
  const WORTH_TELLING = 3000; // ms of engaged time that deserve a beacon of their own
  const SETTLING = 100; // ms a router gets to set the title, or to send the visitor elsewhere

  /** A function that does the same and keeps its failures to itself: we must never hurt a page. */
  const quietly = (action) => (...given) => {
    try {
      action(...given);
    } catch (error) {}
  };

  const track = () => {
    const { dataset, src } = document.currentScript;
    const byHash = "hash" in dataset;
    const calls = (window.footfall || {}).q || []; // made before there was a view to belong to

    let view; // the pageview in progress: its address and title
    let place; // the part of the address that has to change for another pageview
    let arrival; // timer of a single-page navigation that is settling
    let since; // when the time not yet added to `engaged` began; falsy while not in use
    let lastUse; // when the visitor last did something
    let engaged; // ms in use that no beacon has told yet
    let reached; // px from the top of the page to the lowest line that was seen
    let told; // scroll depth in percent that the last beacon told

    const send = (name, more) => {
      const api = dataset.api || new URL("/api/event", src);
      const body = JSON.stringify(
        Object.assign(
          {
            n: name,
            d: dataset.site,
            h: +byHash,
            tz: Intl.DateTimeFormat().resolvedOptions().timeZone,
            w: innerWidth,
            k: (Math.random() * 4e9) >>> 0,
            wd: +navigator.webdriver || undefined, // a scripted browser that says so
          },
          view,
          more,
        ),
      );
      // A string goes as text/plain either way, which needs no preflight; `keepalive` lets it
      // outlive the page. Being async, the function also turns a fetch that throws into one that
      // rejects. Should both ways have worked, the collector knows the second one by its `k`.
      (async () => fetch(api, { method: "POST", body, keepalive: true, credentials: "omit" }))()
        .catch(quietly(() => navigator.sendBeacon(api, body)));
    };

    /** Adds up the time in use so far, then sees whether the page is in use now. */
    const look = (now = Date.now()) => {
      // A page left open counts for ten minutes after the last sign of somebody being there, also
      // if the machine slept; a clock set back adds nothing.
      if (since) engaged += Math.max(0, Math.min(now, lastUse + TEN_MINUTES) - since);
      since = 0;
      if (!document.hidden) {
        since = document.hasFocus() && now;
        reached = Math.max(reached, scrollY + innerHeight);
      }
    };

    /** Tells what is new about the view: its first time, further scrolling, more time in use. */
    const tell = quietly(() => {
      look();
      // The height is asked for as late as this because pages grow while they load.
      const height = document.documentElement.scrollHeight;
      const depth = Math.min(100, Math.round((reached / height) * 100));
      // A view that was ever visible has a depth above 0 and so is told at least once.
      if (depth > told || engaged >= WORTH_TELLING) {
        send("engagement", { e: engaged, sd: depth });
        told = depth;
        engaged = 0;
      }
    });

    const currentPlace = () => location.pathname + (byHash && location.hash);

    const beginView = quietly((more) => {
      arrival = clearTimeout(arrival);
      place = currentPlace();
      view = {
        // Cut where the collector would refuse; the title between characters, not inside one.
        u: location.href.replace(byHash ? "" : /#.*/, "").slice(0, 2000),
        t: [...document.title].slice(0, 300).join(""),
      };
      since = engaged = reached = told = 0;
      look();
      lastUse = since;
      send("pageview", more);
    });

    /** Everything that happens to the page comes here; `type` is the event's, if it is one. */
    const notice = ({ type, persisted }) => {
      // Not before a prerendered page is seen; and a file from a disk is no page of a website.
      if (document.prerendering || !location.host) return;
      if (!view) {
        // Only here a referrer: later views of this document have none but itself.
        beginView({ r: document.referrer || undefined });
        calls.map((call) => footfall(...call));
      }
      // Back from the browser's back/forward cache.
      if (type == "pageshow" && persisted) beginView();
      if (!arrival && currentPlace() != place) {
        tell();
        arrival = setTimeout(beginView, SETTLING);
      }
      look();
      lastUse = since;
      if (document.hidden || type == "pagehide") {
        if (arrival) beginView();
        tell();
      }
    };

    window.footfall = quietly((name, properties, about = {}) => {
      if (!view) return calls.push([name, properties, about]);
      if (arrival) beginView();
      send(name, { p: properties, $: about.revenue, i: about.interactive });
    });

    // On the window and capturing, so that those of the document and of its parts count as well.
    // A change of the hash alone comes as popstate, too.
    "visibilitychange focus blur scroll click keydown pagehide popstate pageshow prerenderingchange"
      .split(" ")
      .map((type) => addEventListener(type, notice, true));
    "pushState replaceState".split(" ").map((method) => {
      const original = history[method];
      history[method] = (...given) => {
        original.apply(history, given);
        notice({});
      };
    });
    setInterval(tell, TEN_MINUTES);
    notice({});
  };

  quietly(track)();
})();
