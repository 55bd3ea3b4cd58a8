// Runs before anything is painted, as a classic script in the head, so that a chosen theme never flashes the other one.
import { applyTheme, chosenLanguage, chosenTheme } from "./choice.ts";

const search = new URLSearchParams(location.search);
applyTheme(chosenTheme(search));
document.documentElement.lang = chosenLanguage(search, navigator.languages);
