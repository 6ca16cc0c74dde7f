"""HTTP itself, where a request is too broken to reach the application."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mock_server.web.problem import Problem


class Protocol(HttpToolsProtocol):
    """uvicorn's own protocol, with errors in the form of the contract."""

    def send_400_response(self, msg: str) -> None:
        response = Problem(
            400, f"{msg} It is not HTTP/1.1 (RFC 9112), or its method is none that is registered."
        ).response()
        head = f"HTTP/1.1 400 Bad Request\r\ncontent-type: {response.media_type}\r\n"
        head += f"content-length: {len(response.body)}\r\nconnection: close\r\n\r\n"
        self.transport.write(head.encode() + response.body)
        self.transport.close()
