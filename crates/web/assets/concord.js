// Makes pages a little quicker for those whose browser runs scripts; every task works without.
document.body.classList.add('js-enabled', 'nhsuk-frontend-supported');
import('/assets/nhsuk.js').then((nhsuk) => nhsuk.initAll()).catch(() => {});
// A page that waits for background work asks again, and says so to screen readers once it is done.
const waiting = document.querySelector('[data-refresh-seconds]');
if (waiting) {
  setTimeout(() => window.location.reload(), 1000 * Number(waiting.dataset.refreshSeconds));
}
