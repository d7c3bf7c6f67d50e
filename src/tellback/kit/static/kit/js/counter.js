/* Characters left: <textarea data-limit="300" data-counter="ID of the words">. Counts as networks do, by what one sees. */
const words = JSON.parse(document.getElementById("page-words").textContent).counter;
const segments = "Segmenter" in Intl ? new Intl.Segmenter() : null;

function length(text) {
  return segments ? [...segments.segment(text)].length : [...text].length;
}

function fill(pattern, values) {
  return pattern.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
}

function count(field) {
  const place = document.getElementById(field.dataset.counter);
  if (!place) return;
  const left = Number(field.dataset.limit) - length(field.value);
  place.textContent = left < 0 ? fill(words.over, { over: -left }) : fill(words.left, { left });
  place.classList.toggle("is-over", left < 0);
}

document.addEventListener("input", (event) => {
  if (event.target.matches?.("textarea[data-limit]")) count(event.target);
});
function countAll() {
  document.querySelectorAll("textarea[data-limit]").forEach(count);
}
document.addEventListener("htmx:load", countAll);
countAll();
