/* On a narrow page a case is one long column: it opens where it stands now, at its end. Wide pages do so by CSS alone. */
const end = document.querySelector("[data-stand-at-end]");
const isLong = end && end.getBoundingClientRect().bottom > innerHeight;
if (isLong && !location.hash && scrollY === 0) end.scrollIntoView({ block: "end" });
