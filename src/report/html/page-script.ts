/**
 * The page's only script, and the page is whole without it: it shows the filter of the differences and applies it, and
 * opens what is folded when the page is printed.
 */
export const pageScript = `
'use strict';
const form = document.getElementById('filter');
if (form) {
  const rows = Array.from(document.querySelectorAll('#difference-rows > tr'));
  const count = document.getElementById('filter-count');
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const number = new Intl.NumberFormat('en-US');
  const apply = () => {
    const data = new FormData(form);
    const words = data.get('text').toLowerCase().split(/\\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, index) => {
      const fits = words.every((word) => texts[index].includes(word))
        && ['collection', 'kind'].every((name) => !data.get(name) || row.dataset[name] === data.get(name));
      row.hidden = !fits;
      if (fits) shown += 1;
    });
    count.textContent = number.format(shown) + ' of ' + number.format(rows.length) + ' shown';
  };
  form.hidden = false;
  form.addEventListener('input', apply);
  form.addEventListener('submit', (event) => event.preventDefault());
  apply();
}
window.addEventListener('beforeprint', () => {
  for (const each of document.querySelectorAll('details')) each.open = true;
});
`;
