// Elements in one line.

type Child = Node | string;

/** `element('button', { class: 'copy', type: 'button' }, 'Copy')`. Attributes that are `undefined` are left out. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | undefined>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no #${id}.`);
  return found;
}

/** A button that keeps the focus while it is off, which `disabled` takes away. */
export function turn(button: HTMLElement, on: boolean): void {
  if (on) button.removeAttribute('aria-disabled');
  else button.setAttribute('aria-disabled', 'true');
}

export const isOn = (button: HTMLElement): boolean => !button.hasAttribute('aria-disabled');

/** A button with an icon, of which nothing comes while it is off. Its name tells it from others with the same label. */
export function iconButton(
  kind: string,
  icon: string,
  label: Child,
  action: () => void,
  name?: string,
): HTMLButtonElement {
  const made = element(
    'button',
    { class: `button ${kind}`, type: 'button', 'aria-label': name },
    element('span', { class: `icon ${icon}` }),
    label,
  );
  made.addEventListener('click', () => {
    if (isOn(made)) action();
  });
  return made;
}

/** Text with code between backquotes. */
export const prose = (text: string): Child[] =>
  text.split('`').map((part, index) => (index % 2 === 1 ? element('code', {}, part) : part));

/** Changes a text only where it is another: who reads or selects it is not disturbed. */
export function tell(cell: HTMLElement, text: string): void {
  if (cell.textContent !== text) cell.textContent = text;
}
