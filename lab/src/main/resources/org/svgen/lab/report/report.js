// Sorts a table by a column when its heading is pressed. The page can be read without.
for (const table of document.querySelectorAll("table.sort")) {
  const body = table.tBodies[0];
  const value = (row, i) => row.cells[i].dataset.sort ?? row.cells[i].textContent;
  const compare = (a, b) => {
    const [x, y] = [parseFloat(a), parseFloat(b)];
    return Number.isNaN(x) || Number.isNaN(y) ? a.localeCompare(b) : x - y;
  };
  [...table.tHead.rows[0].cells].forEach((heading, i) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const down = heading.getAttribute("aria-sort") === "descending";
      for (const other of table.tHead.rows[0].cells) {
        other.removeAttribute("aria-sort");
      }
      heading.setAttribute("aria-sort", down ? "ascending" : "descending");
      const rows = [...body.rows].sort((a, b) => compare(value(a, i), value(b, i)));
      body.append(...(down ? rows : rows.reverse()));
    });
  });
}
