package io.github.secretsource.servers.aws;

import org.jspecify.annotations.Nullable;

/**
 * What a request is signed with.
 *
 * @param accessKey names the caller, in the access log too
 * @param secretKey signs
 * @param sessionToken of a session, null with a user's keys
 */
public record AwsKeys(
        String accessKey, String secretKey, @Nullable String sessionToken) {

    @Override
    public String toString() {
        return "keys " + accessKey;
    }
}
