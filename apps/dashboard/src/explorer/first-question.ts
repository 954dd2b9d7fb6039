/** What the explorer begins with: who asks, how far the record is sealed, and the newest events. */
export const FIRST_QUESTION = `# Every field and what it means stands in the documentation at the left.
# Ctrl-Enter asks. What you may not ask is refused with its code.
{
  viewer {
    subject
    roles
  }
  seal {
    size
    root
    sealedAt
  }
  events(first: 5) {
    edges {
      node {
        position
        type
        actor
        recordedAt
      }
    }
  }
}
`;
