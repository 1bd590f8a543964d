export type DialogName = "create" | "browse" | "invite" | "leave" | "jump" | "search" | "account" | "direct" | "settings" | "shortcuts" | "agents";
