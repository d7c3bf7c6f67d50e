/* Forms: sent once, by keys too. Marks the page as one with scripts. */
document.documentElement.classList.add("js");

/** Where a form goes when one presses Ctrl+Enter (plain) or Ctrl+Shift+Enter (the second way, data-send="second"). */
function submitterFor(form, second) {
  const wanted = second ? '[data-send="second"]' : '[data-send="first"], .button.do, [type="submit"], button:not([type])';
  return [...form.elements].find((each) => each.matches(wanted)); // also those that stand elsewhere on the page
}

document.addEventListener("keydown", (event) => {
  const form = event.target.form ?? event.target.closest?.("form");
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !form) return;
  event.preventDefault();
  const button = submitterFor(form, event.shiftKey);
  if (button && !button.disabled) form.requestSubmit(button);
});

/* A form on its way is not sent again; it may be after ten seconds, or when the answer came as a fragment. */
const SENT = "data-sent";

function release(form) {
  form.removeAttribute(SENT);
}

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.hasAttribute(SENT)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    form.setAttribute(SENT, "");
    setTimeout(() => release(form), 10_000);
  },
  true,
);
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form");
  if (form) release(form);
});
// A page that comes back from the browser's memory was not sent.
addEventListener("pageshow", () => document.querySelectorAll(`form[${SENT}]`).forEach(release));
