/* J and K move along [data-rows]; the pane beside it follows. Enter, or a second click, opens.
   A row is a link in a .row; where a pane is shown, its event "row-chosen" tells htmx to fill it.
   Once the chosen row has left the list, the row that took its place follows; a[data-next] is that row as the server
   knows it. */
const FOLLOW_AFTER = 120;
let chosen = null;
let shown = null; // the row whose pane stands beside the list
let asked = null; // the row whose pane is on its way
let stood = []; // the rows when the chosen one was among them
let focused = false; // the focus stood on a row that is being replaced
let timer = 0;

function links(list) {
  return [...list.querySelectorAll(".row a.row-name, a[data-row]")];
}

function paneOf(list) {
  const pane = document.getElementById(list.dataset.pane ?? "");
  return pane && pane.offsetParent !== null ? pane : null;
}

function mark(list) {
  const ids = links(list).map((link) => link.id);
  if (ids.includes(chosen)) stood = ids;
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
  if (paneOf(list)) timer = setTimeout(ask, wait);
}

/** Ask for the pane of the chosen row, unless it is there or on its way. By its id: the row may have been drawn anew. */
function ask() {
  clearTimeout(timer);
  const link = document.getElementById(chosen);
  if (!link || chosen === shown || chosen === asked) return;
  asked = chosen;
  link.dispatchEvent(new CustomEvent("row-chosen", { bubbles: true }));
}

/** The pane of this row has come. One that was overtaken by another choice is not shown. */
function isPaneOf(event) {
  const { target, requestConfig } = event.detail;
  const list = document.querySelector("[data-rows]");
  return list && target?.id === list.dataset.pane ? requestConfig?.elt?.id : undefined;
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const row = isPaneOf(event);
  if (row !== undefined && row !== chosen) event.detail.shouldSwap = false;
});

document.addEventListener("htmx:afterRequest", (event) => {
  const row = isPaneOf(event);
  if (row === undefined || row !== asked || event.detail.successful) return;
  asked = null;
  document.dispatchEvent(new CustomEvent("kit:lost"));
});

document.addEventListener("kit:ready", (event) => {
  const list = document.querySelector("[data-rows]");
  if (!list || chosen === shown || !paneOf(list) || !document.getElementById(chosen)) return;
  event.preventDefault();
  ask();
});

/** Which row took the place of the chosen one: the first of those behind it that is still there. -1: nobody knows. */
function placeOfGone(all) {
  const at = stood.indexOf(chosen);
  const find = (id) => all.findIndex((link) => link.id === id);
  if (at < 0) return all.findIndex((link) => "next" in link.dataset);
  const after = stood.slice(at + 1).map(find).find((place) => place >= 0);
  if (after !== undefined) return after;
  return stood.slice(0, at).map(find).findLast((place) => place >= 0) + 1 || all.length;
}

/** The row at which one arrives by `step`; between two rows where the chosen one has left. */
function target(all, step) {
  const here = all.indexOf(document.activeElement);
  const current = here >= 0 ? here : all.findIndex((link) => link.hasAttribute("aria-current"));
  if (current >= 0) return current + step;
  const gap = placeOfGone(all);
  return gap >= 0 ? gap + (step > 0 ? step - 1 : step) : 0;
}

function at(all, place) {
  return all[Math.min(all.length - 1, Math.max(0, place))];
}

function focus(link) {
  link.focus({ preventScroll: true });
  link.closest(".row, li, tr").scrollIntoView({ block: "nearest" });
}

/** Moves by `step` rows in the first list of the page; true when there was one. */
function move(step) {
  const list = document.querySelector("[data-rows]");
  const all = list ? links(list) : [];
  if (!all.length) return false;
  const next = at(all, target(all, step));
  focus(next);
  choose(list, next, FOLLOW_AFTER);
  return true;
}

/** In the pane one writes, or has written: it stays, whatever becomes of its row. */
function isWritten(pane) {
  const fields = [...(pane?.querySelectorAll("textarea, input:not([type=hidden])") ?? [])];
  return fields.some((field) => field === document.activeElement || field.value !== field.defaultValue);
}

/** The chosen row has left while one looked: the row that took its place is chosen. */
function follow(list) {
  const all = links(list);
  const left = stood.includes(chosen) && !all.some((link) => link.id === chosen);
  if (!left || !all.length || isWritten(paneOf(list))) return;
  choose(list, at(all, placeOfGone(all)), 0);
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
  document.dispatchEvent(new CustomEvent("kit:lost"));
  choose(list, link, 0);
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const list = document.querySelector("[data-rows]");
  const replaced = list && (list.contains(event.target) || event.target.contains?.(list));
  if (replaced) focused = list.contains(document.activeElement);
});

function start(event) {
  const list = document.querySelector("[data-rows]");
  if (!list) return;
  const said = list.querySelector("a[aria-current]")?.id;
  if (said && (chosen === null || !paneOf(list))) chosen = said; // without a pane, the page itself says which
  mark(list);
  if (!event) shown = chosen;
  if (event && isPaneOf(event) === chosen) {
    shown = chosen;
    asked = null;
    document.dispatchEvent(new CustomEvent("kit:caught-up"));
  }
  if (!event?.target.contains?.(list)) return; // before its own settling, htmx does not know the new rows
  follow(list);
  const link = document.getElementById(chosen);
  if (focused && link && !list.contains(document.activeElement)) focus(link);
  focused = false;
}
document.addEventListener("htmx:afterSettle", start);
start();
