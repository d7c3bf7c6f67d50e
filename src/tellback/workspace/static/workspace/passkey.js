/* When a key is refused or the reader changes their mind, the page says so; allauth itself only logs it. */
document.addEventListener("allauth.error", (event) => {
  const place = document.querySelector("[data-passkey-fault]");
  if (!place) return;
  event.preventDefault();
  place.hidden = false;
  place.textContent = event.detail.exception?.name === "NotAllowedError" ? place.dataset.stopped : place.dataset.failed;
});
