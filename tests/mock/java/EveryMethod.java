import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** Uses every method of the API at the address that is given, with a client as it comes: it offers HTTP/2. */
public class EveryMethod {
    private static final String BODY =
        "{\"api_id\": \"%s\", \"person_api_id\": \"usr-ben-carlisle\", \"package_api_id\": \"pkg-first-aid\"}";

    public static void main(String[] arguments) throws Exception {
        URI records = URI.create(arguments[0]);
        URI record = records.resolve("rec-java/");
        send(request(records, "POST", String.format(BODY, "rec-java")));
        send(request(record, "GET", null));
        send(request(record, "PATCH", "{\"date_started\": \"2026-02-01T08:00:00Z\"}"));
        send(request(record, "PUT", String.format(BODY, "rec-java")));
        send(request(record, "DELETE", null));
        send(request(record, "GET", null));

        HttpClient client = HttpClient.newHttpClient();
        List<CompletableFuture<HttpResponse<String>>> answers = IntStream.range(0, 40)
            .mapToObj(number -> request(records, "POST", String.format(BODY, "rec-java-" + number)))
            .map(request -> client.sendAsync(request, BodyHandlers.ofString()))
            .toList();
        for (CompletableFuture<HttpResponse<String>> answer : answers) {
            System.out.println("POST " + answer.get().statusCode());
        }
    }

    /** Sends a request with a client of its own, whose connection is new, so that it makes its offer. */
    private static void send(HttpRequest request) throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
        System.out.println(request.method() + " " + answer.statusCode() + " " + answer.body());
    }

    private static HttpRequest request(URI uri, String method, String body) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(uri);
        if (body == null) {
            return builder.method(method, BodyPublishers.noBody()).build();
        }
        return builder.header("Content-Type", "application/json").method(method, BodyPublishers.ofString(body)).build();
    }
}
