package io.keyturn.kit.problem;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;

import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Turns exceptions into problems. Of an exception that is not ours nothing but the status is shown. */
class ProblemMapper {
    @ServerExceptionMapper
    Response refused(ProblemException e) {
        return answer(e.problem());
    }

    @ServerExceptionMapper
    Response web(WebApplicationException e) {
        var status = e.getResponse().getStatus();
        var reason = Response.Status.fromStatusCode(status);
        var title = reason == null ? "Refused" : reason.getReasonPhrase();
        return answer(Problem.of(status, "HTTP_" + status, title, null, null));
    }

    @ServerExceptionMapper
    Response unexpected(RuntimeException e) {
        return answer(Problem.of(500, "INTERNAL", "Internal error", null, null));
    }

    private static Response answer(Problem problem) {
        return Response.status(problem.status())
                .type(Problem.MEDIA_TYPE)
                .entity(problem)
                .build();
    }
}
