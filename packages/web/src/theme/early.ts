// Runs before anything is painted, as a classic script in the head, so that a chosen theme never flashes the other one, and a token is out of the
// address before anybody sees it.
import { takePageToken } from "../sign-in/page-token.ts";
import { applyTheme, chosenLanguage, chosenTheme } from "./choice.ts";

takePageToken(window);

const search = new URLSearchParams(location.search);
applyTheme(chosenTheme(search));
document.documentElement.lang = chosenLanguage(search, navigator.languages);
