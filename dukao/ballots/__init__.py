"""Anonymous ballots: blind tokens, their issuer, the board that takes ratings, and the verifier."""
