// Tables are sorted and narrowed where they stand: each head becomes a button, each cell may carry `data-raw`.

const compare = new Intl.Collator('zh-CN', {numeric: true}).compare;

const valueOf = (row, place) => {
  const cell = row.cells[place];
  return cell.dataset.raw ?? cell.textContent.trim();
};

const sort = (table, head) => {
  const place = head.cellIndex;
  const isNumber = head.classList.contains('is-number');
  const wasDescending = head.getAttribute('aria-sort') === 'descending';
  const wasAscending = head.getAttribute('aria-sort') === 'ascending';
  // Figures are wanted largest first, names from A on.
  const direction = wasAscending ? -1 : wasDescending ? 1 : isNumber ? -1 : 1;
  for (const other of head.parentNode.cells) other.removeAttribute('aria-sort');
  head.setAttribute('aria-sort', direction === 1 ? 'ascending' : 'descending');
  const body = table.tBodies[0];
  const rows = [...body.rows].filter(row => !row.classList.contains('is-total'));
  const keyed = rows.map(row => [valueOf(row, place), row]);
  keyed.sort(([a], [b]) => {
    // What is unknown stands last in both directions.
    if (a === '' || b === '') return (a === '') - (b === '');
    return direction * (isNumber ? Number(a) - Number(b) : compare(a, b));
  });
  const totals = [...body.rows].filter(row => row.classList.contains('is-total'));
  body.append(...keyed.map(([, row]) => row), ...totals);
};

const prepare = root => {
  for (const table of root.querySelectorAll('table[data-sortable]:not([data-ready])')) {
    table.dataset.ready = '';
    if (table.tBodies[0].rows.length < 2) continue;
    for (const head of table.querySelectorAll('th[data-sort]')) {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'sort';
      const unit = head.querySelector('.unit');
      button.append(...[...head.childNodes].filter(node => node !== unit));
      head.prepend(button);
      button.addEventListener('click', () => sort(table, head));
    }
  }
  for (const input of root.querySelectorAll('input[data-filters]:not([data-ready])')) {
    input.dataset.ready = '';
    input.closest('label').hidden = false;
    const rows = document.getElementById(input.dataset.filters).querySelectorAll('tbody tr');
    input.addEventListener('input', () => {
      const wanted = input.value.trim().toLowerCase();
      for (const row of rows) row.hidden = wanted !== '' && !row.textContent.toLowerCase().includes(wanted);
    });
  }
};

prepare(document);
document.addEventListener('htmx:after:swap', () => prepare(document));
