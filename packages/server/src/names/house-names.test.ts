import { describe, expect, test } from "bun:test";
import { cleanName } from "@hubbub/protocol/text.ts";
import { guestName } from "./guest-name.ts";
import { isHouseName } from "./house-names.ts";

describe("[NAME-3] a name of the house is known", () => {
	test.each([
		["as it is", "admin", "Moderator", "HOST", "system", "all", "管理员", "主播", "運営", "관리자", "админ", "ผู้ดูแล"],
		["beside emoji and signs", "Admin👑", "👮mod", "mod✓", "★管理员★", "Admin🇺🇸", "「官方」", "[MOD] Ann", "@admin"],
		["parted", "官 方", "管-理-员", "a d m i n", "a.d-m_i.n", "管\u200b理\u200b员", "Adm\u00adin"],
		["among other words", "Ming (admin)", "The Host", "Official_Ming", "Hubbub Support", "运营 小李", "운영자 김"],
		["made bigger", "superadmin", "Super Moderator", "sysadmin", "super管理员", "首席管理员", "主播1", "官方号", "○○公式", "공식계정"],
		["with digits around it", "admin2024", "007mod", "owner_1", "管理员9527"],
		["in words written together", "TheAdmin", "AnnTheModerator", "xXAdminXx"],
		["in letters of other scripts", "аdmin", "mоdеrаtоr", "ѕуѕtеm", "Ꭺdmin", "АDМІN", "ᴀᴅᴍɪɴ", "ＡＤＭＩＮ", "ⓐⓓⓜⓘⓝ", "𝔪𝔬𝔡", "🅐🅓🅜🅘🅝"],
		["in letters that are false friends", "ADMIИ", "МОDЕЯАТОЯ", "ΛDMIN", "ᗩᗪᗰIᑎ"],
		["in digits and signs", "M0derator", "adm1n", "m0der4t0r", "@dmin", "5taff", "0fficial", "$ystem"],
		["in pairs of letters", "adrnin", "aclmin", "ovvner"],
		["with letters written twice", "adminnn", "moderatoor"],
		["with marks on it", "àdmín", "a̶d̶m̶i̶n̶", "Ådmįn", "a̲d̲m̲i̲n̲"],
		["in flags", "🇦🇩🇲🇮🇳"],
		["given by the house to guests", "guest-1234", "Guest 7"],
		["in other languages", "administrateur", "moderador", "Администратор", "Διαχειριστής", "quản trị viên", "المشرف", "公式アカウント"],
	])("%s", (_how, ...names) => {
		for (const name of names as string[]) expect([name, isHouseName(cleanName(name))]).toEqual([name, true]);
	});
});

describe("[NAME-3] a name that merely holds its letters is nobody's but its bearer's:", () => {
	test.each(
		[
			"Admira badminton Romina hostel Hostetler Modesto Modern Modi Stafford Allan Ali Alina Halle Systematic Serverus Model Amin Adam Damian",
			"admiral Adminov Commodore Hostia Sysop Ghosty Owen Townes Officina Allison Модест Модестов Оксана Владимир 小明 想当房管的小明 张三 田中 김철수",
			"José राम はは Nguyễn Ángel مديرة",
		].flatMap((names) => names.split(" ")),
	)("%s", (name) => {
		expect(isHouseName(cleanName(name))).toBe(false);
	});

	test.each(["System of a Down", "Model T", "All Might", "Gone Badminton"])("%s", (name) => {
		expect(isHouseName(name)).toBe(false);
	});
});

describe("a guest's name", () => {
	test("[NAME-3] of the house bears the end of the id, once, however often its bearer comes back with it", () => {
		const marked = guestName("g-000012ab", "Admin👑");
		expect(marked).toBe("Admin👑·12ab");
		expect(guestName("g-000012ab", marked)).toBe(marked);
		expect(guestName("g-000034cd", marked)).toBe("Admin👑·12ab·34cd");
	});

	test("[NAME-1] without a wish is one that nobody can choose", () => {
		for (const wish of [undefined, "", "·12ab", "\u3164", "guest-12ab"]) expect(guestName("g-000012ab", wish)).toBe("guest-12ab");
	});
});
