// The job owns the rule: the checker's expectation is only as good as the two are equal.
export { splitWords as wordsOf } from "../../infra/jobs/words";
