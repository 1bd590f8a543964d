import { answeringModel } from "@/state/answeringModel";
import { shortHandle } from "@/state/shortHandle";
import { useAppState } from "@/state/useAppState";

const QUESTIONS = ["Name three colours.", "Explain what a race condition is, in two sentences.", "Write a haiku about Mondays."];

interface Props {
  roomId: string;
  onSuggest: (text: string) => void;
}

/** A room without messages says what to try, who answers, and how to get a bigger model. */
export function EmptyRoom({ roomId, onSuggest }: Props) {
  const room = useAppState((state) => state.rooms[roomId]);
  const model = useAppState((state) => answeringModel(state, roomId));
  const handle = useAppState((state) => (model ? shortHandle(model, state.models) : ""));
  if (!room) return null;
  return (
    <div className="list-frame empty-room" data-testid="empty-room">
      <div>
        <h2>{room.kind === "direct" ? `You and ${room.name}` : `This is #${room.name}`}</h2>
        <p className="muted">{room.topic || "Write to the people here, or mention a model with @ and it answers in front of everyone."}</p>
        {model ? (
          <>
            <ul className="suggestions" aria-label="Things to try">
              {QUESTIONS.map((question) => (
                <li key={question}>
                  <button type="button" data-testid="suggestion" onClick={() => onSuggest(`@${handle} ${question}`)}>
                    <span className="mention">@{handle}</span> {question}
                  </button>
                </li>
              ))}
            </ul>
            <p className="who-answers" data-testid="who-answers">
              <b>{model.name}</b> answers here{model.backend_kind === "embedded" ? ", a small model that runs inside this server. For a bigger one, start " : `, on ${model.backend}.`}
              {model.backend_kind === "embedded" ? <><a href="https://ollama.com/download" target="_blank" rel="noopener noreferrer">Ollama</a> and run <code>ollama pull llama3</code>; it appears here by itself. Another machine? Set <code>OLLAMA_BASE_URL</code>.</> : null}
            </p>
          </>
        ) : (
          <p className="note error">No model can be asked right now. Start Ollama, or set <code>OLLAMA_BASE_URL</code> to where it runs.</p>
        )}
      </div>
    </div>
  );
}
