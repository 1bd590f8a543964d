export type DialogName = "create" | "browse" | "invite" | "leave" | "jump" | "account" | "direct" | "settings" | "shortcuts";
