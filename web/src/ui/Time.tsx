// A relative time with the absolute on hover and for screen readers.
import { formatAbsolute, formatRelative, formatSpan, useNowText } from "./time";

type Props = { at: string; span?: boolean };

/** `span`: only how long (`4 min`), for sentences that say 'for'. */
export function Time({ at, span = false }: Props) {
  const instant = Date.parse(at);
  const text = useNowText((now) => (span ? formatSpan((now - instant) / 1000) : formatRelative(instant, now)));
  return (
    <time className="num" dateTime={at} title={formatAbsolute(instant)}>
      {text}
    </time>
  );
}
