/** A session of the service as a conversation of the page. Pure. */

import type { Session } from '../service/sessions';
import type { Conversation } from '../types';

export function conversationOf(session: Session): Conversation {
  throw new Error(`not written yet ${session}`);
}
