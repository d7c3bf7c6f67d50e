/* A new desk most likely works in the zone of the browser that founds it: that one is chosen ahead, and can be changed.
   Without scripts the list says UTC. */
const field = document.querySelector("select[data-guess-zone]");
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (field && [...field.options].some((option) => option.value === zone)) field.value = zone;
