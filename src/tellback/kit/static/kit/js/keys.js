/* Keys, named where they act: data-key="r" on a link, a button or a field. `?` lists them, made from the page.
   Never while one types. Single letters can be turned off in that list and stay off in this browser. */
const words = JSON.parse(document.getElementById("page-words").textContent).keys;
const OFF = "tellback-single-keys-off";

function isTyping(target) {
  return target.closest?.('input:not([type="checkbox"], [type="radio"]), textarea, select, [contenteditable="true"]') !== null;
}

function holders() {
  return [...document.querySelectorAll("[data-key]")].filter((holder) => holder.checkVisibility?.() ?? holder.offsetParent);
}

/** A field takes the focus; a button with data-key-field first leads to that field while nothing is written in it. */
function act(holder) {
  const field = document.getElementById(holder.dataset.keyField ?? "");
  if (field && !field.value.trim()) return field.focus();
  if (holder.matches("input, textarea, select")) holder.focus();
  else if (!holder.disabled && holder.getAttribute("aria-disabled") !== "true") holder.click();
}

function move(step) {
  const event = new CustomEvent("kit:move", { detail: { step }, cancelable: true });
  document.dispatchEvent(event);
  return event.defaultPrevented;
}

/** What a key does here; true when it did something. */
function press(key) {
  const holder = holders().find((one) => one.dataset.key.toLowerCase() === key);
  if (holder) return act(holder), true;
  if (key === "j") return move(1);
  if (key === "k") return move(-1);
  if (key === "?") return showAll(), true;
  return false;
}

/* A key means what one has chosen. While the page still shows something else ("kit:ready" is refused), what is pressed
   waits, in its order, until it shows that ("kit:caught-up"); "kit:lost" and Escape let it go. */
let held = [];
let leaving = 0; // since a form was sent: what is pressed then is not for this page any more
const LEAVES_WITHIN = 3_000;

function isReady() {
  return document.dispatchEvent(new CustomEvent("kit:ready", { cancelable: true }));
}

function hold(key) {
  if (held.length === 0 && (key.length > 1 || "jk?".includes(key.toLowerCase()) || isReady())) return false;
  if (key === "Escape") held = [];
  else if (key.length === 1) held.push(key);
  return key.length === 1;
}

/** Pressed or, where a held key led into a field, written there. */
function replay(key) {
  const field = document.activeElement;
  if (!isTyping(field)) return press(key.toLowerCase());
  field.setRangeText?.(key, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("kit:caught-up", () => {
  while (held.length && isReady() && !isLeaving()) replay(held.shift());
  if (isLeaving()) held = [];
});
document.addEventListener("kit:lost", () => (held = []));

function isLeaving() {
  return leaving > 0 && performance.now() - leaving < LEAVES_WITHIN;
}
addEventListener("submit", (event) => event.defaultPrevented || (leaving = performance.now()));
addEventListener("pageshow", () => (leaving = 0));

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat && !"jk".includes(event.key)) return;
  if (isTyping(event.target)) return event.key === "Escape" && event.target.blur();
  if (event.key !== "?" && event.key.length === 1 && localStorage.getItem(OFF)) return;
  if (isLeaving() && event.key.length === 1) return event.preventDefault();
  if (hold(event.key) || press(event.key.toLowerCase())) event.preventDefault();
});

/* The list of all keys */
function wordsOf(holder) {
  if (holder.dataset.keyWords) return holder.dataset.keyWords;
  const copy = holder.cloneNode(true);
  copy.querySelectorAll("kbd, svg, .rail-count, .rail-oldest, .chip").forEach((part) => part.remove());
  return copy.textContent.trim() || holder.getAttribute("aria-label") || holder.labels?.[0]?.textContent.trim() || "";
}

function pairs() {
  const own = holders().map((holder) => [holder.dataset.key, wordsOf(holder)]);
  const rows = document.querySelector("[data-rows]") ? [["J K", words.move], ["↵", words.open]] : [];
  const send = document.querySelector("form textarea") ? [["Ctrl ↵", words.send]] : [];
  return [...rows, ...own, ...send, ["?", words.list]];
}

function element(name, text = "", more = {}) {
  return Object.assign(document.createElement(name), { textContent: text }, more);
}

function listOf(all) {
  const list = element("dl");
  for (const [key, text] of all) {
    const term = element("dt");
    const label = key.length === 1 ? key.toUpperCase() : key;
    term.append(...label.split(" ").flatMap((part) => [element("kbd", part, { className: "key" }), " "]));
    list.append(term, element("dd", text));
  }
  return list;
}

function singleKeysChoice() {
  const box = element("input", "", { type: "checkbox", checked: !localStorage.getItem(OFF) });
  box.addEventListener("change", () => (box.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")));
  const label = element("label");
  label.append(box, words.single);
  return label;
}

function showAll() {
  document.getElementById("all-keys")?.remove();
  const panel = element("section", "", { id: "all-keys", className: "all-keys", popover: "auto", tabIndex: -1 });
  panel.setAttribute("aria-label", words.title);
  const close = element("button", words.close, { type: "button", className: "button small" });
  close.addEventListener("click", () => panel.hidePopover());
  panel.append(element("h2", words.title), listOf(pairs()), singleKeysChoice(), close);
  const before = document.activeElement;
  panel.addEventListener("toggle", (event) => {
    if (event.newState === "closed") panel.remove(), before?.focus();
  });
  document.body.append(panel);
  panel.showPopover();
  panel.focus();
}

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-all-keys]")) showAll();
});

function nameKeys() {
  for (const holder of document.querySelectorAll("[data-key]")) holder.setAttribute("aria-keyshortcuts", holder.dataset.key);
}
document.addEventListener("htmx:afterSettle", nameKeys);
nameKeys();
