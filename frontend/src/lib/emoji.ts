/** Common emoji with the words by which they are found. */
export interface Emoji {
  emoji: string;
  words: string;
}

const GROUPS = `
👍 thumbs up yes agree +1|👎 thumbs down no -1|👌 ok fine|🙏 thanks please pray|👏 clap applause|🙌 hooray praise|🤝 handshake deal|👋 wave hello bye|✌️ victory peace|🤞 fingers crossed luck|💪 strong muscle|👀 eyes looking|🫡 salute|✋ hand stop|👇 point down|👆 point up|👉 point right|👈 point left
😀 grin happy|😃 smile happy|😄 laugh happy|😁 beam grin|😅 sweat relief|😂 joy tears laugh|🤣 rolling laugh|🙂 slight smile|😉 wink|😊 blush|😇 angel|😍 love eyes|🥰 love hearts|😘 kiss|😋 yum tasty|😎 cool sunglasses|🤓 nerd|🤔 thinking hmm|🤨 raised eyebrow doubt|😐 neutral|😑 expressionless|🙄 eye roll|😏 smirk|😬 grimace awkward|😴 sleep tired|🤒 sick ill|🤯 mind blown|🥳 party celebrate|😕 confused|🙁 frown sad|😮 surprised wow|😳 flushed|🥺 pleading|😢 cry sad|😭 sob crying|😤 huff|😡 angry|🤬 swearing|😱 scream|🤗 hug|🤭 giggle|🤫 quiet shush|🫠 melting|😵‍💫 dizzy|🤖 robot model bot|👻 ghost|💀 skull dead
❤️ heart love red|🧡 heart orange|💛 heart yellow|💚 heart green|💙 heart blue|💜 heart purple|🖤 heart black|💔 broken heart|💯 hundred perfect|🔥 fire hot|✨ sparkles|⭐ star|🌟 glowing star|⚡ lightning fast|💥 boom|💡 idea light bulb|💬 speech comment|💤 sleep
✅ check done yes|☑️ check box|✔️ check mark|❌ cross no wrong|❎ cross|⚠️ warning|🚫 forbidden no|❓ question|❗ exclamation important|➕ plus add|➖ minus|🔁 repeat again|🔄 refresh|🆗 ok|🆕 new|🔴 red circle|🟡 yellow circle|🟢 green circle|🔵 blue circle
🎉 party tada celebrate|🎊 confetti|🎁 gift|🏆 trophy win|🥇 medal first|🎯 target goal|🚀 rocket ship launch|🐛 bug|🔧 wrench fix|🔨 hammer build|⚙️ gear settings|🔒 lock|🔑 key|🔍 search|📌 pin|📎 attach clip|📝 memo write|📄 document|📚 books|📈 chart up|📉 chart down|📊 chart|📅 calendar|⏰ alarm clock|⏳ hourglass wait|💻 laptop computer|🖥️ computer screen|📱 phone|🧪 test experiment|🧠 brain|💰 money|🗑️ trash bin delete
☕ coffee|🍵 tea|🍺 beer|🍕 pizza|🍰 cake|🍎 apple|🌮 taco|🍪 cookie|🥂 cheers|🌞 sun|🌙 moon night|🌈 rainbow|☁️ cloud|🌧️ rain|❄️ snow cold|🌱 seedling grow|🌳 tree|🌹 rose|🐶 dog|🐱 cat|🦊 fox|🐼 panda|🐧 penguin|🦄 unicorn|🐢 turtle slow|🐝 bee|🦆 duck|⚽ football soccer|🎮 game|🎵 music|🚗 car|🚲 bicycle|✈️ plane travel|🏠 house home|🌍 earth world
`;

export const EMOJI: readonly Emoji[] = GROUPS.trim().split(/[\n|]/).map((entry) => {
  const [emoji = "", ...words] = entry.split(" ");
  return { emoji, words: words.join(" ") };
});

/** Those of which every typed word begins one of theirs; all of them for nothing typed. */
export function findEmoji(query: string): readonly Emoji[] {
  const wanted = query.toLowerCase().replaceAll(":", " ").split(/[\s_]+/).filter(Boolean);
  return EMOJI.filter(({ emoji, words }) => wanted.every((start) => emoji === start || words.split(" ").some((word) => word.startsWith(start))));
}
