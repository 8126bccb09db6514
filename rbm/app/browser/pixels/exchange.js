// Whose image counts: the one on this board, or the server's (another case, a button, a reload).
//
// Both sides know whole states only. The server answers every stroke with the state it got, and
// may answer with the one before, if it runs for another reason meanwhile. So the board remembers
// what it has sent. A message that equals one of these is an answer: strokes up to it have
// arrived, and when later ones are still on their way it is out of date. A message that equals the
// last one brings nothing new. Any other is the server's own doing, and counts.

export class Exchange {
  constructor() {
    this.sent = []; // states on their way, the oldest first
    this.last = null; // the server's last word
  }

  /** Whether this message of the server is to be shown. */
  takes(text) {
    const answered = this.sent.lastIndexOf(text);
    const news = answered >= 0 || text !== this.last;
    this.sent = answered >= 0 ? this.sent.slice(answered + 1) : news ? [] : this.sent;
    this.last = text;
    return news && this.sent.length === 0;
  }

  tell(text) {
    this.sent.push(text);
  }
}
