// Keys of the pack station: F4, F6, F8 and Esc press what carries their name.
"use strict";
document.addEventListener("keydown", (event) => {
  if (!/^(F\d{1,2}|Escape)$/.test(event.key) || event.ctrlKey || event.altKey || event.metaKey) return;
  const target = document.querySelector(`.station [data-fkey="${event.key}"]`);
  if (!target) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (target.matches("input")) target.focus();
  else target.click();
}, true);
