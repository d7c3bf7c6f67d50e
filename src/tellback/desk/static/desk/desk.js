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

/* What opened above a button closes by Escape, and when one turns to something else. */
function closeMore(except) {
  for (const open of document.querySelectorAll("details.more[open]")) if (!open.contains(except)) open.open = false;
}
document.addEventListener("click", (event) => closeMore(event.target));
document.addEventListener("keydown", (event) => event.key === "Escape" && closeMore(null));

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
  if (!field.dataset?.unkept) return;
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

/* Words that stand nowhere else are not left by accident; sending them is no leaving. */
let sending = false;
document.addEventListener("submit", () => (sending = true));
addEventListener("pageshow", () => (sending = false));
addEventListener("beforeunload", (event) => {
  const lost = [...unkept.keys()].some((field) => field.isConnected && field.value.trim());
  if (lost && !sending) event.preventDefault();
});
