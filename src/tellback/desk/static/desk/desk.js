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
