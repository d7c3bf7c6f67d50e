/* The desk's own small conveniences; every one of them has a plain way without scripts. */

/* A ready answer goes into the text where one writes. */
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-fill]");
  const field = link && document.getElementById(link.dataset.fill);
  if (!field) return;
  event.preventDefault();
  field.value = field.value.trim() ? `${field.value.trimEnd()}\n${link.dataset.text}` : link.dataset.text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  link.closest("details")?.removeAttribute("open");
  field.focus();
});

/* The filter opens in place. */
document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-opens]");
  const details = opener && document.getElementById(opener.dataset.opens);
  if (!details) return;
  event.preventDefault();
  details.open = !details.open;
  if (details.open) details.querySelector("select, input")?.focus();
});

/* What opened above a button closes by Escape, and when one turns to something else. Opened by a key it takes the focus,
   and gives it back to where it was. */
const FIRST = "button, input:not([type=hidden]), select, textarea, a[href]";

function close(details) {
  const within = details.contains(document.activeElement);
  details.open = false;
  if (!within) return;
  const before = details.cameFrom?.isConnected ? details.cameFrom : details.querySelector("summary");
  if (before === document.body) document.activeElement.blur();
  else before.focus();
}

function closeMore(except) {
  for (const open of document.querySelectorAll("details.more[open]")) if (!open.contains(except)) close(open);
}
document.addEventListener("click", (event) => closeMore(event.target));
document.addEventListener("click", (event) => {
  const summary = event.target.closest?.(".more > summary, .note-form summary");
  if (!summary || event.detail > 0) return; // a key makes a click of no buttons
  event.preventDefault();
  const details = summary.parentElement;
  if (details.open) return close(details);
  details.cameFrom = document.activeElement;
  details.open = true;
  [...details.querySelectorAll(FIRST)].find((each) => each.checkVisibility())?.focus();
});
// Before the field that one leaves by Escape lets the focus go.
document.addEventListener("keydown", (event) => event.key === "Escape" && closeMore(null), true);

/* What came back with an error is gone on with where it ends. */
const wrong = document.querySelector("textarea[autofocus], input[autofocus]");
if (wrong?.getAttribute("aria-invalid") === "true") {
  wrong.focus();
  if (wrong.matches("textarea, [type=text]")) wrong.setSelectionRange(wrong.value.length, wrong.value.length);
}

/* "On its way" is said until it went: then the timeline says how. */
function letGo() {
  for (const notice of document.querySelectorAll("[data-until-it-went]")) {
    const reply = document.querySelector(`[data-reply="${notice.dataset.untilItWent}"]`);
    if (reply && !["queued", "asked"].includes(reply.dataset.state)) notice.remove();
  }
}
document.addEventListener("htmx:afterSettle", letGo);
letGo();

/* How long ago the draft was kept, while that is a matter of seconds. */
setInterval(() => {
  for (const place of document.querySelectorAll("[data-kept]")) {
    const seconds = Math.round((Date.now() - new Date(place.dataset.kept)) / 1000);
    place.written ??= place.textContent;
    place.textContent = seconds >= 0 && seconds < 60 ? place.dataset.keptWords.replace("%s", seconds) : place.written;
  }
}, 2000);

/* A draft that could not be kept says so, and is kept as soon as the server answers again. */
const TRY_AGAIN = 5_000;
const unkept = new Map(); // the field, and since when

function say(field) {
  const place = document.getElementById(field.dataset.unkept);
  const hour = unkept.get(field)?.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
  if (place) place.textContent = hour ? field.dataset.unkeptWords.replace("%s", hour) : "";
}

document.addEventListener("htmx:afterRequest", (event) => {
  const field = event.detail.elt;
  if (!field.dataset?.unkept || isSending()) return;
  if (event.detail.successful) unkept.delete(field);
  else if (!unkept.has(field)) unkept.set(field, new Date());
  say(field);
});

setInterval(() => {
  for (const field of unkept.keys()) {
    if (!field.isConnected) unkept.delete(field);
    else htmx.ajax("POST", field.getAttribute("hx-post"), { source: field, target: field.getAttribute("hx-target"), swap: "outerHTML" }).catch(() => {});
  }
}, TRY_AGAIN);

/* Words that stand nowhere else are not left by accident; sending them is no leaving. What is being sent is no draft any
   more: saving it stops, and one that is under way is broken off. */
const SENDS_WITHIN = 10_000;
let sending = 0;
const isSending = () => sending > 0 && performance.now() - sending < SENDS_WITHIN;

addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  sending = performance.now();
  for (const field of document.querySelectorAll("[data-unkept]")) htmx.trigger(field, "htmx:abort");
});
document.addEventListener("htmx:beforeRequest", (event) => {
  if (isSending() && event.detail.elt.dataset?.unkept) event.preventDefault();
});
addEventListener("pageshow", () => (sending = 0));
addEventListener("beforeunload", (event) => {
  const lost = [...unkept.keys()].some((field) => field.isConnected && field.value.trim());
  if (lost && !isSending()) event.preventDefault();
});
