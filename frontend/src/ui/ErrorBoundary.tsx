import { Component, type ReactNode } from "react";

interface Props {
  fallback: ReactNode;
  /** Tries again when this changes. */
  resetKey?: unknown;
  children: ReactNode;
}

interface State {
  hasFailed: boolean;
  resetKey: unknown;
}

/** Shows `fallback` instead of a part that failed to draw, so that the rest stays usable. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { hasFailed: false, resetKey: this.props.resetKey };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  static getDerivedStateFromProps({ resetKey }: Props, state: State): State | null {
    return resetKey === state.resetKey ? null : { hasFailed: false, resetKey };
  }

  override componentDidCatch(error: unknown) {
    console.error("A part of the page could not be drawn.", error);
  }

  override render() {
    return this.state.hasFailed ? this.props.fallback : this.props.children;
  }
}
