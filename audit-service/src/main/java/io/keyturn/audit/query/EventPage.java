package io.keyturn.audit.query;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/** One page; {@code next} goes into {@code after} of the following request and is null when there is no more. */
@JsonInclude(JsonInclude.Include.ALWAYS)
record EventPage(List<EventView> items, @Nullable String next) {}
