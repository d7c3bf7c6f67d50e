/* One live connection for all tabs of this browser. The tab that holds the lock listens; the others hear it from there.
   A message names topics; every [data-live] part with one of them fetches its own fragment again from data-href.
   The page says nothing while this works, and since when it does not where it does not. */
const url = document.body.dataset.liveUrl;
const words = JSON.parse(document.getElementById("page-words").textContent).live;
const SAY_AFTER = 4_000;
const GATHER = 60;
const PAUSE = 1_000; // between two rounds of fetching: in a storm everything changes all the time
const ALL = "*";

const waiting = new Set();
let gathering = 0;
let flushed = -PAUSE;
let cutAt = null;
let cutTimer = 0;

function parts() {
  return [...document.querySelectorAll("[data-live][data-href]")];
}

function concerns(part) {
  return waiting.has(ALL) || part.dataset.live.split(/\s+/).some((topic) => waiting.has(topic));
}

/** A part in which one types is left alone until one leaves it. */
function isBusy(part) {
  const field = document.activeElement;
  return part.contains(field) && field.matches("input, textarea, select") && field.value !== field.defaultValue;
}

function later(part) {
  if (part.refreshesLater) return;
  part.refreshesLater = true;
  const go = () => setTimeout(() => {
    part.refreshesLater = false;
    refresh(part);
  });
  part.addEventListener("focusout", go, { once: true });
}

async function refresh(part) {
  if (isBusy(part)) return later(part);
  const swap = part.dataset.swap ?? "innerHTML";
  if (window.htmx) return window.htmx.ajax("GET", part.dataset.href, { source: part, target: part, swap });
  const answer = await fetch(part.dataset.href, { headers: { "HX-Request": "true" } });
  if (!answer.ok) return;
  const html = await answer.text();
  if (swap === "outerHTML") part.outerHTML = html;
  else part.innerHTML = html;
}

function flush() {
  gathering = 0;
  flushed = performance.now();
  if (document.hidden || !waiting.size) return;
  const due = parts().filter(concerns);
  waiting.clear();
  due.forEach((part) => Promise.resolve(refresh(part)).catch(() => {}));
}

function hear(topics) {
  topics.forEach((topic) => waiting.add(topic));
  document.dispatchEvent(new CustomEvent("kit:live", { detail: { topics } }));
  gathering ||= setTimeout(flush, Math.max(GATHER, flushed + PAUSE - performance.now()));
}

function sayState() {
  const place = document.querySelector("[data-live-state]");
  if (!place) return;
  const hour = cutAt?.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
  place.textContent = cutAt ? words.cut.replace("%(time)s", hour) : "";
}

function cut(at) {
  if (cutAt) return;
  cutAt = new Date(at);
  cutTimer = setTimeout(sayState, SAY_AFTER);
}

function joined(missed) {
  clearTimeout(cutTimer);
  // What was said while nobody listened is made good by asking for every part once.
  if (cutAt || missed) hear([ALL]);
  cutAt = null;
  sayState();
}

const acts = { topics: (said) => hear(said.topics), cut: (said) => cut(said.at), joined: (said) => joined(said.missed) };

/** Opens the connection and tells what it says. `missed`: another tab listened before and something may lie between. */
function listen(tell, missed) {
  const source = new EventSource(url);
  let lost = 0;
  source.onmessage = (event) => {
    try {
      const topics = JSON.parse(event.data).topics;
      if (Array.isArray(topics)) tell({ kind: "topics", topics });
    } catch { /* a line that is no message is a sign of life */ }
  };
  source.onopen = () => {
    tell({ kind: "joined", missed });
    lost = 0;
    missed = false;
  };
  source.onerror = () => {
    lost ||= Date.now();
    tell({ kind: "cut", at: lost });
    // The browser tries again by itself except after a refusal.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => listen(tell, missed), 5_000 + 5_000 * Math.random());
  };
}

function share() {
  const channel = new BroadcastChannel(`tellback ${url}`);
  channel.onmessage = (event) => acts[event.data.kind]?.(event.data);
  const tell = (said) => {
    acts[said.kind](said);
    channel.postMessage(said);
  };
  const asked = Date.now();
  navigator.locks.request(`tellback ${url}`, () => {
    listen(tell, Date.now() - asked > 1_000);
    return new Promise(() => {});
  });
}

if (url) {
  if (navigator.locks && "BroadcastChannel" in window) share();
  else listen((said) => acts[said.kind](said), false);
}

/* Parts whose words age (waits, hours) are asked for again every data-every seconds, live or not. */
setInterval(() => {
  if (document.hidden) return;
  const now = Date.now();
  for (const part of document.querySelectorAll("[data-every][data-href]")) {
    part.askedAt ??= now;
    if (now - part.askedAt < part.dataset.every * 1_000) continue;
    part.askedAt = now;
    Promise.resolve(refresh(part)).catch(() => {});
  }
}, 5_000);

document.addEventListener("visibilitychange", flush);
