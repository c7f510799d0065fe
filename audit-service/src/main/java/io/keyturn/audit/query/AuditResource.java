package io.keyturn.audit.query;

import java.sql.SQLException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;

import io.keyturn.audit.AuditLog;
import io.keyturn.audit.metrics.AuditMetrics;
import io.keyturn.audit.record.ChainVerifier;
import io.keyturn.audit.record.Verdict;
import io.keyturn.audit.store.AuditReader;
import io.keyturn.kit.problem.ProblemException;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.smallrye.mutiny.Uni;

/** The REST API of the record. Reads only. */
@Path("/audit")
@Produces(MediaType.APPLICATION_JSON)
public class AuditResource {
    private final AuditSearch search;
    private final AuditReader reader;
    private final AuditMetrics metrics;
    private final Semaphore verifying = new Semaphore(1);

    AuditResource(AuditSearch search, AuditReader reader, AuditMetrics metrics) {
        this.search = search;
        this.reader = reader;
        this.metrics = metrics;
    }

    /** A page of events: filters namespace, name, rotation, type, from, to; order, limit, after. */
    @GET
    @Path("/events")
    public Uni<EventPage> events(@Context UriInfo uri) {
        return search.find(QueryParameters.events(uri.getQueryParameters()))
                .onFailure()
                .transform(AuditResource::unavailable);
    }

    /** Recomputes the whole chain. One at a time: it reads the whole table. */
    @GET
    @Path("/verify")
    @RunOnVirtualThread
    public VerifyReport verify(@Context UriInfo uri) {
        var expected = QueryParameters.expectedHead(uri.getQueryParameters());
        if (!verifying.tryAcquire()) {
            throw ProblemException.unavailable("A verification is running; ask again when it is done");
        }
        try {
            return verify(new ChainVerifier(expected));
        } finally {
            verifying.release();
        }
    }

    private VerifyReport verify(ChainVerifier verifier) {
        var start = System.nanoTime();
        try {
            reader.feed(verifier);
        } catch (SQLException e) {
            AuditLog.LOG.readFailed("SQLSTATE " + e.getSQLState());
            throw ProblemException.unavailable("The database does not answer");
        }
        var verdict = verifier.verdict();
        report(verdict);
        return VerifyReport.of(verdict, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
    }

    private void report(Verdict verdict) {
        metrics.verified(verdict.ok());
        var bad = verdict.firstBad();
        if (bad != null) {
            AuditLog.LOG.chainBroken(bad.seq(), bad.fault());
        }
    }

    private static Throwable unavailable(Throwable failure) {
        if (failure instanceof ProblemException) {
            return failure;
        }
        AuditLog.LOG.readFailed(failure.getClass().getSimpleName());
        return ProblemException.unavailable("The database does not answer");
    }
}
