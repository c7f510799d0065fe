package io.keyturn.kit.problem;

/** A refusal meant for the caller. Its detail is written by us and may be shown. */
public final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Problem problem;

    private ProblemException(Problem problem) {
        super(problem.code());
        this.problem = problem;
    }

    /** 400: the named parameter cannot be used as given; the detail says what would do. */
    public static ProblemException badParameter(String field, String detail) {
        return new ProblemException(Problem.of(400, "BAD_PARAMETER", "Bad parameter", detail, field));
    }

    /** 503: it cannot be answered now; asking again later may help. */
    public static ProblemException unavailable(String detail) {
        return new ProblemException(Problem.of(503, "UNAVAILABLE", "Unavailable", detail, null));
    }

    public Problem problem() {
        return problem;
    }
}
