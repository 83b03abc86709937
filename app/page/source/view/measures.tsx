/** How an answer was made, in figures. */

import { useWords } from '../strings';
import type { Answer } from '../types';

export function Measures({ answer }: { answer: Answer }) {
  const words = useWords();
  const { status, firstTokenMs, totalMs } = answer;
  const search = status?.search_type && words.measures.searchTypes[status.search_type];
  const said = [
    status?.model,
    search && words.measures.search(search),
    firstTokenMs !== null && words.measures.first(firstTokenMs),
    totalMs !== null && words.measures.total(totalMs),
  ].filter(Boolean);
  if (!said.length) return null;
  return (
    <ul class="measures" role="list">
      {said.map((text) => (
        <li key={text}>
          <bdi>{text}</bdi>
        </li>
      ))}
    </ul>
  );
}
