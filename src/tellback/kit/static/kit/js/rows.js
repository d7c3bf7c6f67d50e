/* J and K move along [data-rows]; the pane beside it follows. Enter, or a second click, opens.
   A row is a link in a .row; where a pane is shown, its event "row-chosen" tells htmx to fill it. */
const FOLLOW_AFTER = 120;
let chosen = null;
let timer = 0;

function links(list) {
  return [...list.querySelectorAll(".row a.row-name, a[data-row]")];
}

function paneOf(list) {
  const pane = document.getElementById(list.dataset.pane ?? "");
  return pane && pane.offsetParent !== null ? pane : null;
}

function mark(list) {
  for (const link of links(list)) {
    const row = link.closest(".row, li, tr");
    const is = link.id !== "" && link.id === chosen;
    row.classList.toggle("chosen", is);
    if (is) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

function choose(list, link, wait) {
  chosen = link.id;
  mark(list);
  clearTimeout(timer);
  if (!paneOf(list)) return;
  timer = setTimeout(() => link.isConnected && link.dispatchEvent(new CustomEvent("row-chosen", { bubbles: true })), wait);
}

function current(list) {
  const all = links(list);
  const focused = all.indexOf(document.activeElement);
  return focused >= 0 ? focused : all.findIndex((link) => link.hasAttribute("aria-current"));
}

/** Moves by `step` rows in the first list of the page; true when there was one. */
function move(step) {
  const list = document.querySelector("[data-rows]");
  const all = list ? links(list) : [];
  if (!all.length) return false;
  const next = all[Math.min(all.length - 1, Math.max(0, current(list) + step))];
  next.focus({ preventScroll: true });
  next.closest(".row, li, tr").scrollIntoView({ block: "nearest" });
  choose(list, next, FOLLOW_AFTER);
  return true;
}

document.addEventListener("kit:move", (event) => {
  if (move(event.detail.step)) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-rows] a.row-name, [data-rows] a[data-row]");
  const plain = event.detail > 0 && event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (!link || !plain || link.id === chosen) return;
  const list = link.closest("[data-rows]");
  if (!paneOf(list)) return;
  event.preventDefault();
  choose(list, link, 0);
});

function start() {
  const list = document.querySelector("[data-rows]");
  if (!list) return;
  chosen ??= list.querySelector("a[aria-current]")?.id ?? null;
  mark(list);
}
document.addEventListener("htmx:afterSettle", start);
start();
