package io.keyturn.kit.problem;

import java.util.UUID;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;

import io.keyturn.kit.outbox.KitLog;
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
        var instance = "urn:uuid:" + UUID.randomUUID();
        KitLog.LOG.requestFailed(instance, e.getClass().getName(), place(e));
        return answer(Problem.internal(instance));
    }

    /** Where it was thrown; its message may hold anything and is not told. */
    private static String place(RuntimeException e) {
        var frames = e.getStackTrace();
        return frames.length == 0 ? "an unknown place" : frames[0].toString();
    }

    private static Response answer(Problem problem) {
        return Response.status(problem.status())
                .type(Problem.MEDIA_TYPE)
                .entity(problem)
                .build();
    }
}
