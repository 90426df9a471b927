// How a person uses a page: by mouse, by keyboard alone, or with JavaScript off. Each element is
// named as a person names it.
import { check } from "./browser.mjs";

// How many times Tab is pressed on the way to a control.
const mostTabs = 400;

/** person is one who uses a page in a way: "mouse", "keyboard" or "without JavaScript". */
export const person = (page, way) => {
  const { keyboard } = page;
  const reach = async (element) => {
    for (let n = 0; n < mostTabs; n++) {
      // An editor takes the place of a text area once its script has run.
      if (await element.evaluate((e) => e === e.getRootNode().activeElement)) return;
      // There Tab indents, unless Escape is before it.
      if (await page.evaluate(() => Boolean(document.activeElement?.shadowRoot))) await keyboard.press("Escape");
      await keyboard.press("Tab");
    }
    throw new Error(`the keyboard does not reach ${element}`);
  };
  const mark = async (element) => {
    await (way === "keyboard" ? reach(element) : element.click());
    await keyboard.press("Control+A");
  };
  const press = async (element) => {
    if (way !== "keyboard") return element.click();
    await reach(element);
    await keyboard.press("Enter");
  };
  return {
    reach, press,
    /** go follows what leads to another page. */
    go: (element) => Promise.all([page.waitForEvent("domcontentloaded"), press(element)]),
    /** enter writes a text in the place of what is there. */
    enter: async (element, text) => {
      if (way !== "keyboard") return element.fill(text);
      await mark(element);
      await (text ? keyboard.type(text) : keyboard.press("Backspace"));
    },
    /** paste does so at once: an editor may complete what is typed. */
    paste: async (element, text) => {
      if (way === "without JavaScript") return element.fill(text);
      await mark(element);
      await keyboard.insertText(text);
    },
    button: (name, within = page) => within.getByRole("button", { name, exact: true }),
    link: (name) => page.getByRole("link", { name, exact: true }),
    field: (name) => page.getByLabel(name, { exact: true }),
    /** shows fails if a part of the page does not have some texts. */
    shows: async (texts, within = page.locator("main")) => {
      const shown = await within.innerText();
      for (const text of [texts].flat()) check(shown.includes(text), `the page ${page.url()} does not show ${text}:\n${shown}`);
    },
  };
};
