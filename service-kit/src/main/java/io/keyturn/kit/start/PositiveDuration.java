package io.keyturn.kit.start;

import java.time.Duration;

import io.quarkus.runtime.configuration.DurationConverter;
import org.eclipse.microprofile.config.spi.Converter;

/** Reads a length of time that must be longer than nothing: with none at all, what it paces would run without a pause. */
public final class PositiveDuration implements Converter<Duration> {
    private static final long serialVersionUID = 1;

    @Override
    public Duration convert(String value) {
        var duration = parse(value);
        if (!duration.isPositive()) {
            throw new IllegalArgumentException("Duration must be longer than 0");
        }
        return duration;
    }

    private static Duration parse(String value) {
        try {
            return DurationConverter.parseDuration(value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("Not a Duration", e);
        }
    }
}
