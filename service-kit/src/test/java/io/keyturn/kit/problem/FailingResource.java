package io.keyturn.kit.problem;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.UriInfo;

/** Fails as somebody else's code would. */
@Path("/failing")
public class FailingResource {
    static final String SECRET = "hunter2";

    @GET
    public String fail(@Context UriInfo uri) {
        throw new UnsupportedOperationException(SECRET + uri.getPath());
    }
}
