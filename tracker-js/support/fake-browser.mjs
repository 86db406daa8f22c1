// A browser in a hundred lines: just enough of one to run the real tracker in, with a clock that
// only moves when told to. It stands in for no layout and no network; the real-browser journey
// (Tests/journey) covers those.
import { readFileSync } from "node:fs";
import vm from "node:vm";

export const SOURCE = readFileSync(new URL("../src/footfall.js", import.meta.url), "utf8");

/** What the page of a test is like where the test does not say otherwise. */
const ORDINARY = {
  url: "https://shop.example/",
  referrer: "",
  title: "Home",
  attributes: { site: "shop.example" }, // the script's data-*
  src: "https://stats.example/footfall.js",
  timeZone: "Europe/Riga",
  webdriver: false,
  prerendering: false,
  visible: true,
  focused: true,
  pageHeight: 4000,
  fetch: "works", // works | rejects | throws | missing | returns nothing
  sendBeacon: "works", // works | refuses | throws | missing
  before: "", // script text that the page runs before the tracker
  overrides: {}, // globals in place of the fake ones
};

/**
 * Opens a page and runs the tracker on it.
 *
 * The result's `beacons` are the bodies sent so far, parsed, in order; `requests` say how each
 * went; `touched` names every store, console method or cookie that was touched.
 */
export function openPage(given = {}) {
  const options = { ...ORDINARY, ...given };
  const page = { beacons: [], requests: [], touched: [], now: 1_800_000_000_000 };
  const listeners = [];
  const timers = new Map();
  let lastTimer = 0;
  let address = new URL(options.url);

  const sent = (way, url, body, details = {}) => {
    page.requests.push({ way, url: String(url), body, ...details });
    page.beacons.push(JSON.parse(body));
  };

  const ways = {
    works: (url, init) => {
      sent("fetch", url, init.body, init);
      return Promise.resolve({ ok: true });
    },
    rejects: (url, init) => {
      page.requests.push({ way: "fetch", failed: true, body: init.body });
      return Promise.reject(new TypeError("Failed to fetch"));
    },
    throws: () => {
      throw new TypeError("blocked");
    },
    "returns nothing": () => undefined,
    missing: undefined,
  };
  const beaconWays = {
    works: (url, body) => {
      sent("sendBeacon", url, body);
      return true;
    },
    refuses: () => false,
    throws: () => {
      throw new TypeError("blocked");
    },
    missing: undefined,
  };

  /** Stands for something that the tracker must leave alone, and tells if it did not. */
  const forbidden = (name) =>
    new Proxy(
      {},
      {
        get: (_, key) => {
          page.touched.push(`${name}.${String(key)}`);
          return () => undefined;
        },
        set: (_, key) => page.touched.push(`${name}.${String(key)}`) > 0,
      },
    );

  const document = {
    currentScript: { dataset: options.attributes, src: options.src },
    referrer: options.referrer,
    title: options.title,
    hidden: !options.visible,
    prerendering: options.prerendering,
    hasFocus: () => page.focused && !document.hidden,
    documentElement: { scrollHeight: options.pageHeight },
    get cookie() {
      page.touched.push("document.cookie");
      return "";
    },
    set cookie(_) {
      page.touched.push("document.cookie");
    },
  };

  const setTimer = (action, delay, repeat) => {
    timers.set(++lastTimer, { action, due: page.now + delay, every: repeat ? delay : 0 });
    return lastTimer;
  };

  const moveTo = (state, _title, url) => {
    if (url !== undefined) address = new URL(url, address);
  };

  const window = {
    document,
    location: new Proxy({}, { get: (_, key) => address[key] }),
    history: { pushState: moveTo, replaceState: moveTo },
    navigator: { webdriver: options.webdriver, sendBeacon: beaconWays[options.sendBeacon] },
    fetch: ways[options.fetch],
    URL,
    Date: { now: () => page.now },
    Intl: {
      DateTimeFormat: () => ({ resolvedOptions: () => ({ timeZone: options.timeZone }) }),
    },
    innerWidth: 1280,
    innerHeight: 800,
    scrollY: 0,
    addEventListener: (type, listener) => listeners.push({ type, listener }),
    setTimeout: (action, delay) => setTimer(action, delay, false),
    setInterval: (action, delay) => setTimer(action, delay, true),
    clearTimeout: (id) => void timers.delete(id),
    localStorage: forbidden("localStorage"),
    sessionStorage: forbidden("sessionStorage"),
    indexedDB: forbidden("indexedDB"),
    caches: forbidden("caches"),
    console: forbidden("console"),
    ...options.overrides,
  };
  window.window = window;

  Object.assign(page, {
    window,
    document,
    focused: options.focused,
    /** The beacons of one kind: `pageview`, `engagement` or an event's name. */
    named: (name) => page.beacons.filter((beacon) => beacon.n === name),
    run: (script) => vm.runInContext(script, window),
    dispatch: (type, event = {}) => {
      for (const each of listeners) if (each.type === type) each.listener({ type, ...event });
    },
    /** Moves the clock by `ms`, firing what falls due on the way, in order. */
    advance: (ms) => {
      const end = page.now + ms;
      for (;;) {
        const [id, next] = [...timers].sort((a, b) => a[1].due - b[1].due)[0] ?? [];
        if (!next || next.due > end) break;
        page.now = Math.max(page.now, next.due);
        if (next.every) next.due += next.every;
        else timers.delete(id);
        next.action();
      }
      page.now = end;
    },
    hide: () => {
      document.hidden = true;
      page.dispatch("visibilitychange");
    },
    show: () => {
      document.hidden = false;
      page.dispatch("visibilitychange");
    },
    blur: () => {
      page.focused = false;
      page.dispatch("blur");
    },
    focus: () => {
      page.focused = true;
      page.dispatch("focus");
    },
    scrollTo: (y) => {
      window.scrollY = y;
      page.dispatch("scroll");
    },
    /** The browser's own way back (or forward): the address changes, then `popstate` is fired. */
    goBackTo: (url) => {
      moveTo(null, "", url);
      page.dispatch("popstate");
    },
    /** Rejected promises have been dealt with once this resolves. */
    settled: () => new Promise((resolve) => setImmediate(resolve)),
  });

  vm.createContext(window);
  page.run(options.before);
  page.run(options.script ?? SOURCE);
  return page;
}
