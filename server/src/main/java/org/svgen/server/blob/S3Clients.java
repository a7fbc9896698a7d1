package org.svgen.server.blob;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.svgen.tensor.BadInputException;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/** Makes the client for an address; what that does not say comes from the surroundings. */
final class S3Clients {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration SILENCE = Duration.ofSeconds(30); // of a connection

    /** About a second of waits in all; what must not be lost is tried for longer by its owner. */
    private static final int TRIES = 5;

    private static final Duration FIRST_WAIT = Duration.ofMillis(100);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

    private S3Clients() {}

    static S3Client of(S3Address address, Map<String, String> variables) {
        Optional<URI> endpoint = endpoint(address, variables);
        DefaultCredentialsProvider credentials = DefaultCredentialsProvider.builder().build();
        requireCredentials(address, credentials);
        S3ClientBuilder builder =
                S3Client.builder()
                        .httpClientBuilder(
                                UrlConnectionHttpClient.builder()
                                        .connectionTimeout(CONNECT)
                                        .socketTimeout(SILENCE))
                        .credentialsProvider(credentials)
                        .region(region(address, endpoint))
                        .forcePathStyle(address.pathStyle().orElse(endpoint.isPresent()))
                        // Java's connections fail where 100-continue meets an empty body.
                        .serviceConfiguration(s3 -> s3.expectContinueEnabled(false))
                        .overrideConfiguration(config ->
                                config.retryStrategy(
                                        AwsRetryStrategy.standardRetryStrategy().toBuilder()
                                                .maxAttempts(TRIES)
                                                .backoffStrategy(
                                                        BackoffStrategy.exponentialDelay(
                                                                FIRST_WAIT, LONGEST_WAIT))
                                                .circuitBreakerEnabled(false)
                                                .build()));
        // Bodies in signed chunks, and checksums behind them, are not known to all other servers.
        endpoint.ifPresent(uri ->
                builder.endpointOverride(uri)
                        .serviceConfiguration(
                                s3 -> s3.expectContinueEnabled(false).chunkedEncodingEnabled(false))
                        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED));
        return builder.build();
    }

    /** Of a server that is not Amazon's. */
    static Optional<URI> endpoint(S3Address address, Map<String, String> variables) {
        return address.endpoint()
                .or(() ->
                        Stream.of("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
                                .map(name -> variables.getOrDefault(name, ""))
                                .filter(value -> !value.isBlank())
                                .findFirst()
                                .map(S3Address::endpoint));
    }

    private static void requireCredentials(
            S3Address address, DefaultCredentialsProvider credentials) {
        try {
            credentials.resolveCredentials();
        } catch (SdkClientException e) {
            throw new BadInputException(
                    "%s: expected keys, found none; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give this machine a role"
                            .formatted(address),
                    e);
        }
    }

    /** Servers that are not Amazon's have none, mostly; then any will do. */
    private static Region region(S3Address address, Optional<URI> endpoint) {
        if (address.region().isPresent()) {
            return Region.of(address.region().get());
        }
        try {
            return DefaultAwsRegionProviderChain.builder().build().getRegion();
        } catch (SdkClientException e) {
            if (endpoint.isPresent()) {
                return Region.US_EAST_1;
            }
            throw new BadInputException(
                    "%s: expected a region, found none; add ?region=NAME, or set AWS_REGION"
                            .formatted(address),
                    e);
        }
    }
}
