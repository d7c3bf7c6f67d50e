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

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat && !"jk".includes(event.key)) return;
  if (isTyping(event.target)) return event.key === "Escape" && event.target.blur();
  if (event.key !== "?" && event.key.length === 1 && localStorage.getItem(OFF)) return;
  if (press(event.key.toLowerCase())) event.preventDefault();
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
